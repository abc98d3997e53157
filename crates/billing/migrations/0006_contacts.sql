-- The phone that an application has on file; an application from before has its account's. And the last day of its supply plan
-- (yyyymmdd) where an extension was granted.
ALTER TABLE applications ADD COLUMN phone TEXT NOT NULL DEFAULT '';
ALTER TABLE applications ADD COLUMN plan_until INTEGER;
UPDATE applications SET phone = coalesce((SELECT a.phone FROM accounts a WHERE a.id = account_id), '');
