-- Lives of programs: what was told of an earlier life is nothing of the present one.

-- The version with which the life began; 0 for those that began before lives were told apart.
ALTER TABLE programs ADD COLUMN life BIGINT NOT NULL DEFAULT 0;
