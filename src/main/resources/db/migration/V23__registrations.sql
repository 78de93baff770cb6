-- How often a beneficiary was registered for an account's owner. Whoever remembers which beneficiary a masked
-- number meant asks for the same count when money is held: a further registration may have made it ambiguous.
alter table account add column registrations bigint not null default 0;

-- Before the row is there, so that everyone locks accounts first and beneficiaries after them, in one order.
create function registration_counted() returns trigger language plpgsql as $$
begin
    perform 1 from account where owner = new.user_id and kind = 'USER' order by id for update;
    update account set registrations = registrations + 1 where owner = new.user_id and kind = 'USER';
    return new;
end $$;
create trigger registrations_are_counted before insert on beneficiary
    for each row execute function registration_counted();

-- What a beneficiary is never changes; a name or a bank that was missing is filled in.
create trigger beneficiary_is_kept
    before delete or truncate or update of id, user_id, kind, fingerprint, masked on beneficiary
    for each statement execute function refuse_change();
