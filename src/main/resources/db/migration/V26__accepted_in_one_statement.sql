-- Orders and their holds are written by one statement, which is all or nothing by itself. It asks here whether each
-- account could be changed. If one couldn't, what was known of it isn't so any more: nothing is written, and whoever
-- asked decides again with the accounts locked.
create function all_covered(changed bigint, wanted integer) returns boolean language plpgsql as $$
begin
    if changed <> wanted then
        raise exception '% accounts are not active, have too little by now, or their owner has more beneficiaries',
            wanted - changed using errcode = 'serialization_failure';
    end if;
    return true;
end $$;
