-- What a unit of the meter's registers stands for (倍率): a current transformer of 600/5 makes 120 kWh of one. From now
-- on `readings` holds what the meter shows; the readings before are of meters without a transformer, or already times it.
ALTER TABLE accounts ADD COLUMN multiplier INTEGER NOT NULL DEFAULT 1 CHECK (multiplier > 0);
