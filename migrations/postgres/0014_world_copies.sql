-- Copies of worlds: snapshots, and what an export or an import holds for the time being.

-- One row is one copy of a world. The rows of its life stand in their own tables, under the name of
-- the copy in the place of a program code; no program has such a code, so nothing finds them there.
CREATE TABLE world_copies (
    program_code TEXT   NOT NULL,
    copy_code    TEXT   NOT NULL,
    -- The name of a snapshot; empty if the copy is needed in passing only.
    name         TEXT,
    settings     TEXT   NOT NULL,
    -- running or frozen, and the moment that the clock showed.
    clock_mode   TEXT   NOT NULL,
    clock_now_at BIGINT NOT NULL,
    -- By the wall clock.
    created_wall_at BIGINT NOT NULL,
    CONSTRAINT world_copies_pkey PRIMARY KEY (program_code, copy_code),
    CONSTRAINT world_copies_name_key UNIQUE (program_code, name)
);
