SELECT id, key, name, created_at FROM {{ source('confluence', 'confluence_spaces') }} WHERE status = 'current'
