-- A booked session that is not of every day has an agenda of its own.
ALTER TABLE agenda_items ADD COLUMN booking_id TEXT REFERENCES bookings (id);
CREATE INDEX agenda_items_by_booking ON agenda_items (booking_id) WHERE booking_id IS NOT NULL;
