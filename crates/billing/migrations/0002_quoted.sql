-- The day of the quote that an exact payment pays (yyyymmdd): its late fees go up to that day. A part of the posting's
-- content, so the same key with another day is another posting.
ALTER TABLE postings ADD COLUMN quoted_on INTEGER;
