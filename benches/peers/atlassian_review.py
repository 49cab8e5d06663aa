"""Who may do what on a Confluence site, into PostgreSQL tables: atlassian-python-api reads it, psycopg copies it.

CONFLUENCE_… variables say where it comes from, PG… ones where the tables go. Prints the seconds that it took.
"""

import os
import time
import warnings

import psycopg
from atlassian import Confluence

# The library warns of methods that are not used here.
warnings.simplefilter("ignore", DeprecationWarning)

CREATE = """
    CREATE TABLE spaces (id bigint, key text);
    CREATE TABLE pages (id bigint, space_id bigint, title text, parent_id bigint);
    CREATE TABLE grants (space_id bigint, principal_type text, principal_id text, operation text, target text);
    CREATE TABLE members (group_id text, account_id text);
    CREATE TABLE restrictions (content_id bigint, operation text, principal_type text, principal_id text);
"""


def all_of(confluence, path, **params):
    """The rows of a listing of version 1."""
    start = 0
    while True:
        page = confluence.get(path, params={**params, "start": start, "limit": 200})
        yield from page["results"]
        if len(page["results"]) < page["limit"]:
            return
        start += len(page["results"])


def listed(confluence, site, path):
    """The rows of a listing of version 2."""
    url = f"{site}/wiki/api/v2/{path}?limit=250"
    while url:
        page = confluence.get(url, absolute=True)
        yield from page["results"]
        following = page["_links"].get("next")
        url = following and site + following


def restrictions(confluence, page_id):
    path = f"rest/api/content/{page_id}/restriction"
    answer = confluence.get(path, params={"expand": "restrictions.user,restrictions.group"})
    for of_operation in answer["results"]:
        for kind, key in (("user", "accountId"), ("group", "id")):
            for principal in of_operation["restrictions"][kind]["results"]:
                yield page_id, of_operation["operation"], kind, principal[key]


def main():
    site = os.environ["CONFLUENCE_URL"]
    confluence = Confluence(
        site + "/wiki",
        username=os.environ["CONFLUENCE_EMAIL"],
        password=os.environ["CONFLUENCE_TOKEN"],
    )
    with psycopg.connect() as connection:
        began = time.perf_counter()
        connection.execute(CREATE)
        cursor = connection.cursor()

        spaces = list(listed(confluence, site, "spaces"))
        with cursor.copy("COPY spaces FROM STDIN") as copy:
            for space in spaces:
                copy.write_row((space["id"], space["key"]))
        with cursor.copy("COPY grants FROM STDIN") as copy:
            for space in spaces:
                for grant in listed(confluence, site, f"spaces/{space['id']}/permissions"):
                    principal, operation = grant["principal"], grant["operation"]
                    copy.write_row(
                        (space["id"], principal["type"], principal["id"], operation["key"], operation["targetType"])
                    )
        groups = list(all_of(confluence, "rest/api/group"))
        with cursor.copy("COPY members FROM STDIN") as copy:
            for group in groups:
                for member in all_of(confluence, f"rest/api/group/{group['id']}/membersByGroupId"):
                    copy.write_row((group["id"], member["accountId"]))
        pages = list(listed(confluence, site, "pages"))
        with cursor.copy("COPY pages FROM STDIN") as copy:
            for page in pages:
                copy.write_row((page["id"], page["spaceId"], page["title"], page["parentId"]))
        posts = list(listed(confluence, site, "blogposts"))
        with cursor.copy("COPY restrictions FROM STDIN") as copy:
            for content in pages + posts:
                for row in restrictions(confluence, content["id"]):
                    copy.write_row(row)
        connection.commit()
        print(time.perf_counter() - began)


if __name__ == "__main__":
    main()
