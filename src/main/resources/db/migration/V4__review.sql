-- Who said what about a case: proposals, approvals, rejections. Maker and checker are two people.
create table review_log (
    id       bigint generated always as identity primary key,
    case_id  uuid        not null,
    action   text        not null check (action in ('PROPOSED', 'APPROVED', 'REJECTED')),
    decision text        not null,
    reason   text        not null,
    actor    text        not null,
    at       timestamptz not null
);
create index review_log_by_case on review_log (case_id, id);
create trigger review_log_only_grows before update or delete or truncate on review_log
    for each statement execute function refuse_change();

alter table review_case
    add constraint proposals_say_who check (
        (state = 'PROPOSED') <= (proposed_by is not null and proposed_at is not null and decision is not null)),
    add constraint maker_is_not_checker check (
        state <> 'RESOLVED' or proposed_by is null or proposed_by <> resolved_by);
