DROP TABLE audit_comments;
DROP TABLE audit_grades;
DROP TABLE audit_files;
DROP TABLE audit_round_teams;
DROP TABLE audit_rounds;
