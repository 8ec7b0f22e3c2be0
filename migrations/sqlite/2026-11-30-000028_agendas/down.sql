-- What was put on the agenda of such a session would stand on that of its two people.
DELETE FROM agenda_items WHERE booking_id IS NOT NULL AND supervision_id IS NULL;
DROP INDEX agenda_items_by_booking;
ALTER TABLE agenda_items DROP COLUMN booking_id;
