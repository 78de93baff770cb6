-- What rows a statement will find is never judged by what is in these arrays, nor by the room in an account's row, so
-- statistics of them help no plan. Taking them was most of what ANALYZE did, for it counts each element of each array,
-- and it is done again whenever a table has grown by a tenth.
alter table hold alter column causes   set statistics 0,
                 alter column accounts set statistics 0,
                 alter column amounts  set statistics 0;
alter table payout_due alter column orders set statistics 0;
alter table account alter column room set statistics 0;
