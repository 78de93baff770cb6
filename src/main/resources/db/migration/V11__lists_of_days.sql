-- Two days without payouts have the same list, byte for byte, where the file itself names no day: the
-- same content is the same file only if it is of the same day, as far as whoever brought it said.
alter table statement_file drop constraint the_same_file_is_kept_once;
alter table statement_file add constraint the_same_file_is_kept_once
    unique nulls not distinct (source, sha256, business_date);
