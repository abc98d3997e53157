-- Whose an account is: the citizen identity number (18 characters, capital X) of the contract. A company has none, and an
-- account from before this migration has none until it is filed.
ALTER TABLE accounts ADD COLUMN id_number TEXT CHECK (length(id_number) = 18);
CREATE INDEX accounts_by_phone ON accounts (phone);
CREATE INDEX accounts_by_id_number ON accounts (id_number) WHERE id_number IS NOT NULL;
