-- An attempt of which its channel says one thing and then another. The channel is asked first; only
-- what that doesn't settle goes to a person. Meanwhile nothing runs by itself for the order.
create table contradiction (
    attempt_id    uuid primary key,
    withdrawal_id uuid        not null,
    channel       text        not null,
    detail        text        not null,
    state         text        not null check (state in ('ASKING', 'SETTLED', 'WITH_A_PERSON')),
    asked         integer     not null default 0,
    due_at        timestamptz,
    opened_at     timestamptz not null,
    updated_at    timestamptz not null,
    constraint asked_while_it_is_due check ((state = 'ASKING') = (due_at is not null))
);
create index contradiction_due on contradiction (due_at) where state = 'ASKING';
create index contradiction_by_withdrawal on contradiction (withdrawal_id);
