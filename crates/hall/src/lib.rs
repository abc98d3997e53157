//! What a hall publishes, as data: tariffs, fees, holidays, service stages and their texts, and the arithmetic on them
