//! Confluence Cloud as PostgreSQL tables.
pgrx::pg_module_magic!();
