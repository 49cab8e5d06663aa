-- Who gets what, whatever default privileges and event triggers have granted until here: PUBLIC may use the schema and
-- call the functions, which run with the rights of their caller; nobody but the owner has any other right.
DO $$
DECLARE
    item record;
BEGIN
    FOR item IN
        WITH member AS (
            SELECT d.classid, d.objid
            FROM pg_catalog.pg_depend AS d
            JOIN pg_catalog.pg_extension AS e ON d.refobjid OPERATOR(pg_catalog.=) e.oid
            WHERE d.refclassid OPERATOR(pg_catalog.=) CAST('pg_catalog.pg_extension' AS pg_catalog.regclass)
              AND d.deptype OPERATOR(pg_catalog.=) 'e' AND e.extname OPERATOR(pg_catalog.=) 'confluence_fdw'
        ), object AS (
            SELECT 'SCHEMA' AS kind, pg_catalog.format('%I', n.nspname) AS name, n.nspacl AS acl, n.nspowner AS owner
            FROM pg_catalog.pg_namespace AS n WHERE n.nspname OPERATOR(pg_catalog.=) 'confluence'
          UNION ALL
            SELECT CASE WHEN c.relkind OPERATOR(pg_catalog.=) 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
                   pg_catalog.format('%I.%I', n.nspname, c.relname), c.relacl, c.relowner
            FROM member AS m
            JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) m.objid
            JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
            WHERE m.classid OPERATOR(pg_catalog.=) CAST('pg_catalog.pg_class' AS pg_catalog.regclass)
          UNION ALL
            SELECT 'ROUTINE',
                   pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)),
                   p.proacl, p.proowner
            FROM member AS m
            JOIN pg_catalog.pg_proc AS p ON p.oid OPERATOR(pg_catalog.=) m.objid
            JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace
            WHERE m.classid OPERATOR(pg_catalog.=) CAST('pg_catalog.pg_proc' AS pg_catalog.regclass)
          UNION ALL
            SELECT 'FOREIGN DATA WRAPPER', pg_catalog.format('%I', w.fdwname), w.fdwacl, w.fdwowner
            FROM member AS m
            JOIN pg_catalog.pg_foreign_data_wrapper AS w ON w.oid OPERATOR(pg_catalog.=) m.objid
            WHERE m.classid OPERATOR(pg_catalog.=) CAST('pg_catalog.pg_foreign_data_wrapper' AS pg_catalog.regclass)
        )
        -- Without a list, an object has its kind's own rights: on routines EXECUTE for PUBLIC, on the others none.
        SELECT o.kind, o.name, o.acl IS NOT NULL AS is_listed,
               ARRAY(SELECT DISTINCT CASE WHEN a.grantee OPERATOR(pg_catalog.=) 0 THEN 'PUBLIC'
                                          ELSE pg_catalog.format('%I', pg_catalog.pg_get_userbyid(a.grantee)) END
                     FROM pg_catalog.aclexplode(o.acl) AS a
                     WHERE a.grantee OPERATOR(pg_catalog.<>) o.owner) AS grantees
        FROM object AS o
    LOOP
        IF pg_catalog.cardinality(item.grantees) OPERATOR(pg_catalog.>) 0 THEN
            EXECUTE pg_catalog.format('REVOKE ALL ON %s %s FROM %s CASCADE',
                                      item.kind, item.name, pg_catalog.array_to_string(item.grantees, ', '));
        END IF;
        IF item.kind OPERATOR(pg_catalog.=) 'SCHEMA' THEN
            EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA %s TO PUBLIC', item.name);
        ELSIF item.kind OPERATOR(pg_catalog.=) 'ROUTINE' AND item.is_listed THEN
            EXECUTE pg_catalog.format('GRANT EXECUTE ON ROUTINE %s TO PUBLIC', item.name);
        END IF;
    END LOOP;
END
$$;
