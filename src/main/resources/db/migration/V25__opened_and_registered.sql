-- An account that is being opened isn't there yet for a registration of its owner's, which would not be counted
-- in it; and what a masked number meant just before would then be remembered for ever. So one waits for the other.
-- Locks of 1,024 groups of users, or an import of a million users would need as many locks. Registrations share
-- theirs: they need not wait for each other.
create or replace function registration_counted() returns trigger language plpgsql as $$
begin
    perform 1 from account where owner = new.user_id and kind = 'USER' order by id for update;
    perform pg_advisory_xact_lock_shared(1936483683, hashtext(new.user_id) & 1023);
    -- A statement of its own: it sees an account whose opening was waited for.
    update account set registrations = registrations + 1 where owner = new.user_id and kind = 'USER';
    return new;
end $$;

create function account_opens() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(1936483683, hashtext(new.owner) & 1023);
    return new;
end $$;
create trigger account_waits_for_registrations before insert on account
    for each row when (new.kind = 'USER') execute function account_opens();
