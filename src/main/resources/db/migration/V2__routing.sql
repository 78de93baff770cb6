-- What a person says of a channel: the last word on where orders go.
create table channel_control (
    channel text primary key,
    mode    text        not null check (mode in ('AUTO', 'PAUSED', 'PINNED')),
    reason  text        not null,
    actor   text        not null,
    at      timestamptz not null
);

create table channel_control_log (
    id      bigint generated always as identity primary key,
    channel text        not null,
    mode    text        not null check (mode in ('AUTO', 'PAUSED', 'PINNED')),
    reason  text        not null,
    actor   text        not null,
    at      timestamptz not null
);
create trigger channel_control_log_only_grows before update or delete or truncate on channel_control_log
    for each statement execute function refuse_change();
