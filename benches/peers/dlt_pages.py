"""Pages of Confluence into a PostgreSQL table with dlt: its rest_api source and its postgres destination.

    dlt_pages.py defaults    the listing of pages, with dlt's own settings
    dlt_pages.py tuned       a listing for each space, side by side, and what else the documentation offers for speed

CONFLUENCE_… variables say where the pages come from, PG… ones where the table goes. Prints the seconds that it took.
"""

import os
import sys
import tempfile
import time

import dlt
from dlt.sources.rest_api import rest_api_source

CLIENT = {
    "base_url": os.environ["CONFLUENCE_URL"] + "/wiki/api/v2/",
    "auth": {
        "type": "http_basic",
        "username": os.environ["CONFLUENCE_EMAIL"],
        "password": os.environ["CONFLUENCE_TOKEN"],
    },
    "paginator": {"type": "json_link", "next_url_path": "_links.next"},
}
CREDENTIALS = "postgresql://{PGUSER}:{PGPASSWORD}@{PGHOST}:{PGPORT}/{PGDATABASE}"

# dlt reads its settings from the environment. Eight requests are under way at once, as with the others.
TUNED = {
    "EXTRACT__WORKERS": "8",
    # A process for each core, with files for both.
    "NORMALIZE__WORKERS": str(os.cpu_count()),
    "DATA_WRITER__FILE_MAX_ITEMS": "25000",
}


def listing(name, path):
    return {
        "name": name,
        "endpoint": {"path": path, "params": {"limit": 250}, "data_selector": "results"},
    }


def all_pages():
    return rest_api_source({"client": CLIENT, "resources": [listing("pages", "pages")]})


def pages_by_space():
    pages = listing("pages", "spaces/{resources.spaces.id}/pages") | {"parallelized": True}
    source = rest_api_source({"client": CLIENT, "resources": [listing("spaces", "spaces"), pages]})
    return source.with_resources("pages")


def main():
    is_tuned = sys.argv[1] == "tuned"
    if is_tuned:
        os.environ.update(TUNED)
    with tempfile.TemporaryDirectory() as directory:
        pipeline = dlt.pipeline(
            pipeline_name="confluence",
            pipelines_dir=directory,
            dataset_name="public",
            destination=dlt.destinations.postgres(CREDENTIALS.format(**os.environ)),
        )
        began = time.perf_counter()
        if is_tuned:
            # The postgres destination copies CSV; its own choice are INSERT statements.
            pipeline.run(pages_by_space(), loader_file_format="csv")
        else:
            pipeline.run(all_pages())
        print(time.perf_counter() - began)


if __name__ == "__main__":
    main()
