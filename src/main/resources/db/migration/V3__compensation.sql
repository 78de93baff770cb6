-- What an order's recovery decided, written before it is done. Forward: the same request again, or
-- the next channel. Backward: release after a definite end.
create table order_log (
    id            uuid primary key,
    withdrawal_id uuid        not null,
    direction     text        not null check (direction in ('FORWARD', 'BACKWARD', 'STOPPED')),
    what          text        not null,
    why           text        not null,
    at            timestamptz not null
);
create index order_log_by_withdrawal on order_log (withdrawal_id, id);
create trigger order_log_only_grows before update or delete or truncate on order_log
    for each statement execute function refuse_change();

-- A release that is decided and not yet done. It can run any number of times with one effect: the
-- hold ends once, by the transfer's key.
create table compensation (
    withdrawal_id uuid primary key,
    code          text        not null,
    actor         text        not null,
    state         text        not null check (state in ('PENDING', 'DONE', 'STOPPED')),
    tries         smallint    not null default 0,
    due_at        timestamptz,
    logged_at     timestamptz not null,
    updated_at    timestamptz not null,
    constraint pending_compensations_are_due check ((state = 'PENDING') = (due_at is not null))
);
create index compensation_due on compensation (due_at) where state = 'PENDING';

-- A channel that refused may be shown, by a person's decision, to have paid: while nothing else may
-- pay the order, its attempt becomes PAID. Nothing else of what is final changes.
create or replace function check_attempt_moves() returns trigger language plpgsql as $$
begin
    if exists (select 1 from old_rows o left join new_rows n on n.id = o.id
                where n.id is null or n.withdrawal_id <> o.withdrawal_id or n.channel <> o.channel
                   or n.number <> o.number or n.request <> o.request
                   or (o.state = 'PAID' and n.state <> 'PAID')
                   or (o.state = 'REFUSED' and n.state not in ('REFUSED', 'PAID'))) then
        raise exception 'an attempt keeps its request, and a final attempt its state' using errcode = 'check_violation';
    end if;
    return null;
end $$;
