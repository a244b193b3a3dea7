//! The portal types of the catalogue as people find them: a project that says no more than `type: T`, made by
//! `portalctl up` with its sample data, and its pages over HTTP.

mod home;
mod navigation;
mod stories;
mod told;
mod views;
mod walls;

use super::browser::{Answer, Browser};
use crate::program::portalctl;
use axum::Router;
use axum::http::StatusCode;
use portalctl::adapters::files::project_files;
use portalctl::adapters::local_postgres::{Running, SUPERUSER};
use portalctl::adapters::postgres::directory::{Directory, Place};
use portalctl::catalog;
use portalctl::model::{AccessModel, Persona, Portal, Who, resolve};
use portalctl::names::{ObjectName, PersonaName};
use portalctl::plan::control::ProjectRoles;
use portalctl::site::{Database, Site, SiteConfig};
use portalctl::spec::{Catalogue, read_with};
use portalctl_test_support::PrivateProject;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use std::sync::Arc;
use std::time::Duration;

/// A project of one portal type while it runs. The server goes before the folder that it lives in.
struct Typed {
    name: &'static str,
    model: Arc<AccessModel>,
    router: Router,
    running: Running,
    _project: PrivateProject,
}

impl Typed {
    async fn up(name: &'static str) -> Self {
        let project = PrivateProject::new();
        let document = format!("version: 1\nkind: project\nname: acme\n---\nkind: portal\nname: main\ntype: {name}\n");
        project.write("portalctl.yaml", &document);
        project.make_cluster();
        let running = project.cluster().start().await.unwrap();
        portalctl(project.path(), &["up", "--exit", "--quiet", "--listen", "127.0.0.1:0"]).map(drop).unwrap();
        // What was applied is what the documents say, whatever PostgreSQL made of it.
        portalctl(project.path(), &["plan", "--exit-code"]).map(drop).unwrap();

        let catalogue = Catalogue::new(catalog::modules(), catalog::types());
        let (spec, _) = read_with(project_files(project.path()).unwrap(), &catalogue);
        let model = Arc::new(resolve(&spec).0.expect("what `up` took"));
        let roles = ProjectRoles::of(&model.project);
        let login = |role: &str| -> PgConnectOptions { running.url(role, "acme").parse().unwrap() };
        let config = SiteConfig {
            model: Arc::clone(&model),
            files: project.path().join("files"),
            site_dir: project.path().join("site"),
            database: Database::new(login(roles.gateway.as_str()), login(roles.issuer.as_str())),
            dev: false,
            behind_proxy: false,
            quiet: true,
        };
        let router = Site::open(config).await.unwrap().router();
        Self { name, model, router, running, _project: project }
    }

    fn portal(&self) -> &Portal {
        self.model.portals.values().next().unwrap()
    }

    async fn admin(&self) -> PgConnection {
        let options: PgConnectOptions = self.running.url(SUPERUSER, "acme").parse().unwrap();
        options.connect().await.unwrap()
    }

    /// Somebody's place, signed in.
    async fn at(&self, place: &Place) -> Browser {
        let mut admin = self.admin().await;
        let project = &self.model.project;
        let mut directory = Directory::new(&mut admin, &project.name, &project.control_schema);
        let secret = directory.create_link(place, Duration::from_secs(3600)).await.unwrap();
        let mut browser = Browser::new(self.router.clone());
        browser.sign_in("main", &secret).await;
        browser
    }

    /// Every place of one of the sample's people, by the beginning of their address: `ann@north`, `sam`.
    async fn places(&self, who: &str) -> Vec<Place> {
        let mut admin = self.admin().await;
        let project = &self.model.project;
        let mut directory = Directory::new(&mut admin, &project.name, &project.control_schema);
        let email = if who.contains('@') { format!("{who}.example") } else { format!("{who}@staff.example") };
        directory.places(&email).await.unwrap()
    }

    /// One of the sample's people, in the first of their places or that of an audience: `ann@north`, `mia/hr`.
    async fn who(&self, who: &str) -> Browser {
        let (who, audience) = who.split_once('/').map_or((who, None), |(who, audience)| (who, Some(audience)));
        let places = self.places(who).await;
        let wanted = |place: &&Place| audience.is_none_or(|wanted| place.persona == format!("main/{wanted}"));
        let place = places.iter().find(wanted).unwrap_or_else(|| panic!("no place of {who} among {places:?}"));
        self.at(place).await
    }

    /// Whom `up` gives a link of that audience; a guest where nobody signs in.
    async fn someone(&self, persona: &Persona) -> Browser {
        if persona.who == Who::Guest {
            return Browser::new(self.router.clone());
        }
        let mut admin = self.admin().await;
        let project = &self.model.project;
        let mut directory = Directory::new(&mut admin, &project.name, &project.control_schema);
        let name = PersonaName::parse(&persona.name.to_string()).unwrap();
        let place = directory.someone(&name).await.unwrap();
        self.at(&place.unwrap_or_else(|| panic!("{}: nobody is {name}", self.name))).await
    }
}

/// What there is not for somebody: a guest is asked to sign in.
fn assert_denied(answer: &Answer, persona: &Persona, what: &str) {
    let expected = if persona.who == Who::Guest { StatusCode::SEE_OTHER } else { StatusCode::NOT_FOUND };
    assert_eq!(answer.status, expected, "{what} for {}: {}", persona.name, answer.text());
    if persona.who == Who::Guest {
        assert_eq!(answer.header("location"), "/main/sign-in", "{what}");
    }
}

fn path_of(object: &ObjectName) -> String {
    format!("/main/{object}")
}

macro_rules! types {
    ($($test:ident $name:literal),* $(,)?) => {
        $(#[tokio::test]
        async fn $test() {
            let typed = Typed::up($name).await;
            navigation::check(&typed).await;
            navigation::check_headings(&typed).await;
            home::check(&typed).await;
            views::check(&typed).await;
            walls::check(&typed).await;
            stories::check(&typed).await;
        })*

        #[test]
        fn no_type_is_forgotten() {
            let tested = [$($name),*];
            let known: Vec<&str> = catalog::types().map(|(name, _)| name).collect();
            assert_eq!(known.iter().filter(|name| !tested.contains(name)).count(), 0, "{known:?}");
        }
    };
}

types! {
    client "client",
    customer "customer",
    distributor "distributor",
    employee "employee",
    franchise "franchise",
    investor "investor",
    member "member",
    partner "partner",
    patient "patient",
    reseller "reseller",
    self_service "self-service",
    vendor "vendor",
}
