-- Version 1 of the store. Times are UTC. Users query these tables: names and meanings are kept.

create table store_meta (
  key varchar primary key,
  value varchar not null
);

-- How far each journal segment has been taken in; `fault` says why a segment was left before its end.
create table journal_segments (
  segment varchar primary key,
  writer varchar,
  consumed bigint not null,
  ended boolean not null,
  fault varchar
);

create table runs (
  run_id varchar primary key,
  experiment varchar not null,
  name varchar not null,
  parent_run_id varchar,
  status varchar not null, -- running, finished, failed, killed
  started_at timestamp not null,
  ended_at timestamp,
  error varchar,
  note varchar,
  source_kind varchar not null, -- notebook, script, unknown
  source_name varchar,
  git_commit varchar,
  git_dirty boolean,
  node_version varchar not null,
  assayer_version varchar not null,
  user_name varchar not null,
  writer varchar not null,
  starred boolean not null default false,
  hidden boolean not null default false,
  deleted_at timestamp, -- can be restored until the garbage is collected
  deleted_by varchar
);

create table params (
  run_id varchar not null,
  key varchar not null,
  value varchar not null,
  type varchar not null, -- string, number, boolean
  number double,         -- the value where it is a number
  primary key (run_id, key)
);

create table tags (
  run_id varchar not null,
  key varchar not null,
  value varchar not null,
  primary key (run_id, key)
);

-- One row for each metric of each run, kept up to date, so that lists of runs never read the points.
create table metric_series (
  series_id integer not null,
  run_id varchar not null,
  key varchar not null,
  count bigint not null,
  nan_count bigint not null,
  first_step bigint not null, -- the lowest
  last_step bigint not null,  -- the highest
  last_timestamp timestamp not null,
  last_value double not null, -- of the highest step, and of several values there the latest
  min_value double,           -- NaN apart; null while there are only NaN
  max_value double
);

create table metric_points (
  series_id integer not null,
  step bigint not null,
  timestamp timestamp not null,
  value double not null
);

create view metrics as
  select run_id, key, step, timestamp, value
  from metric_points join metric_series using (series_id);

create table artifacts (
  run_id varchar not null,
  name varchar not null,
  digest varchar not null, -- SHA-256, and the file's name under artifacts/
  size bigint not null,
  media_type varchar not null,
  logged_at timestamp not null,
  primary key (run_id, name)
);

create table datasets (
  run_id varchar not null,
  name varchar not null,
  digest varchar not null,
  context varchar not null, -- what the run used it for, such as training
  source varchar,
  row_count bigint,
  schema json,  -- columns: name, type
  profile json, -- statistics of each column
  logged_at timestamp not null,
  primary key (run_id, name, digest, context)
);

create table logged_tables (
  run_id varchar not null,
  kind varchar not null, -- features, predictions, explanations, table
  name varchar not null,
  row_count bigint not null,
  columns varchar[] not null,
  path varchar not null, -- Parquet, relative to the store's folder
  logged_at timestamp not null,
  primary key (run_id, kind, name)
);

create table model_versions (
  model varchar not null,
  number integer not null,
  format varchar not null, -- onnx, or mlflow for one that was brought over and is not served
  stage varchar not null,
  digest varchar not null,
  size bigint not null,
  run_id varchar,
  created_at timestamp not null,
  created_by varchar not null,
  input json not null,  -- tensors: name, datatype, shape, columns
  output json not null,
  sample json,          -- golden inputs and outputs
  note varchar,
  primary key (model, number)
);

create table version_tags (
  model varchar not null,
  number integer not null,
  key varchar not null,
  value varchar not null,
  primary key (model, number, key)
);

create table stage_transitions (
  transition_id bigint primary key,
  model varchar not null,
  number integer not null,
  from_stage varchar not null,
  to_stage varchar not null,
  reason varchar not null,
  changed_by varchar not null,
  changed_at timestamp not null
);

create table deployments (
  deployment_id varchar primary key,
  model varchar not null,
  number integer not null,
  target varchar not null,
  status varchar not null, -- succeeded, failed
  detail varchar,
  counter bigint,
  deployed_by varchar not null,
  deployed_at timestamp not null
);

create view experiments as
  select experiment, count(*) as runs, count(*) filter (status = 'running') as running,
    max(started_at) as last_started_at
  from runs where deleted_at is null group by experiment;

create view models as
  select model, count(*) as versions, max(number) as latest, max(created_at) as last_created_at
  from model_versions group by model;
