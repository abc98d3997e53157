-- Who has chosen to pay the basic charge by the highest demand of the month (基本电费按需量) instead of by capacity.
ALTER TABLE accounts ADD COLUMN by_demand INTEGER NOT NULL DEFAULT 0 CHECK (by_demand IN (0, 1));
-- The month's highest demand as the meter shows it, in 0.01 kW (0 where it is not metered), and the day on which the
-- registers were read (yyyymmdd; none of readings from before this migration).
ALTER TABLE readings ADD COLUMN demand INTEGER NOT NULL DEFAULT 0 CHECK (demand >= 0);
ALTER TABLE readings ADD COLUMN read_on INTEGER;
