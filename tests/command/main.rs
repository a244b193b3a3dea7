//! The program as its users meet it: arguments in; stdout, stderr and the exit code out.

mod access_test;
mod advise;
mod attachments;
mod can;
mod credentials;
mod database_url;
mod db;
mod environment;
mod explain;
mod global;
mod managed;
mod new;
mod outbox;
mod provision;
mod report_formats;
mod retention;
mod run;
mod sample;
mod serve;
mod shell;
mod show;
mod signals;
mod sql;
mod template;
mod types;
mod validate;
