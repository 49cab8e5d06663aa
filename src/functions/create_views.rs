//! `confluence.create_views`: all of it is SQL.

pgrx::extension_sql_file!("../../sql/create_views.sql", name = "create_views");
