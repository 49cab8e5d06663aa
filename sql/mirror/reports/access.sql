-- Answers about access that are reports as they are.

SELECT register_report('content_access', 'Who can view or edit a content, and by which path?',
                       '{"SOC 2 CC6.1", "SOC 2 CC6.3", "ISO 27001 A.5.15", "ISO 27001 A.5.18"}', 1),
       register_report('space_access', 'Who can view, edit or administer a space, and by which path?',
                       '{"SOC 2 CC6.1", "SOC 2 CC6.3", "ISO 27001 A.5.15", "PCI DSS 7.2.4"}', 2),
       register_report('person_access', 'What does one person reach, and by which path?',
                       '{"SOC 2 CC6.2", "SOC 2 CC6.3", "ISO 27001 A.5.18"}', 3),
       register_report('effective_space_access_as_of', 'Who can view, edit or administer which space?',
                       '{"SOC 2 CC6.1", "SOC 2 CC6.3", "ISO 27001 A.5.18", "PCI DSS 7.2.4"}');
