-- How much an organization may ask of each server. NULL = what the server's settings say; 0 = no limit.
ALTER TABLE organization
  ADD COLUMN requests_per_second bigint,
  ADD COLUMN bytes_per_second bigint;
