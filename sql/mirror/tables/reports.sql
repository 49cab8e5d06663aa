-- Which reports there are, for people and for attest_report, which runs no other function.
--
-- A row comes from register_report, which the file of each report calls. A report of one's own is registered in the same
-- way; an upgrade keeps it, and its row.

CREATE TABLE IF NOT EXISTS reports (
    name       text   PRIMARY KEY,
    number     integer,
    question   text   NOT NULL,
    parameters text   NOT NULL,
    controls   text[] NOT NULL
);

COMMENT ON TABLE reports IS
    'Reports that attest_report runs: each is a function of this schema of that name, and can be asked by itself';
COMMENT ON COLUMN reports.name IS 'Name of the report, and of its function';
COMMENT ON COLUMN reports.number IS 'Place in the list of reports; NULL for those of one''s own';
COMMENT ON COLUMN reports.question IS 'What it answers';
COMMENT ON COLUMN reports.parameters IS 'What it is asked with, and what is taken where nothing is given';
COMMENT ON COLUMN reports.controls IS 'Controls that it is evidence for: SOC 2 (CC), ISO/IEC 27001:2022 (A), PCI DSS 4.0';
