"""Pages of Confluence into a PostgreSQL table: atlassian-python-api reads them, psycopg copies them.

CONFLUENCE_… variables say where the pages come from, PG… ones where the table goes. Prints the seconds that it took.
"""

import os
import time
import warnings

import psycopg
from atlassian import ConfluenceV2

# The library warns of methods that are not used here.
warnings.simplefilter("ignore", DeprecationWarning)

CREATE = """
    CREATE TABLE pages (
        id bigint, space_id bigint, title text, status text, subtype text, parent_id bigint, parent_type text,
        position integer, author_id text, owner_id text, last_owner_id text, created_at timestamptz,
        version_number integer, modified_at timestamptz, version_author_id text, version_message text,
        version_minor_edit boolean, web_url text, edit_url text, tiny_url text
    )
"""


def row(page, base):
    version, links = page["version"], page["_links"]
    return (
        page["id"],
        page["spaceId"],
        page["title"],
        page["status"],
        page.get("subtype"),
        page["parentId"],
        page["parentType"],
        page["position"],
        page["authorId"],
        page["ownerId"],
        page["lastOwnerId"],
        page["createdAt"],
        version["number"],
        version["createdAt"],
        version["authorId"],
        version["message"],
        version["minorEdit"],
        base + links["webui"],
        base + links["editui"],
        base + links["tinyui"],
    )


def main():
    base = os.environ["CONFLUENCE_URL"] + "/wiki"
    confluence = ConfluenceV2(
        base,
        username=os.environ["CONFLUENCE_EMAIL"],
        password=os.environ["CONFLUENCE_TOKEN"],
    )
    with psycopg.connect() as connection:
        began = time.perf_counter()
        connection.execute(CREATE)
        # Without get_body the library asks for bodies in a format "none", which the API does not know.
        pages = confluence.get_pages(status=None, get_body=True, limit=250)
        with connection.cursor().copy("COPY pages FROM STDIN") as copy:
            for page in pages:
                copy.write_row(row(page, base))
        connection.commit()
        print(time.perf_counter() - began)


if __name__ == "__main__":
    main()
