\det+ confluence_(pages|permissions|spaces)
\d+ confluence_spaces
\d+ confluence_pages
\d+ confluence_permissions
