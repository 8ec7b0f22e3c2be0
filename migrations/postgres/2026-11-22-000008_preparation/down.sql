DROP TABLE preparations;
DROP TABLE agenda_items;
