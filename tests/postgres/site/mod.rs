//! The site on the example's CRM, from request to page, without a socket.

mod brand;
mod browser;
mod form;
mod hostile;
mod languages;
mod lapse;
mod masks;
mod one_connection;
mod own_files;
mod pages;
mod ready;
mod register;
mod sign_in;
mod team;
mod types;
mod writes;

use crate::provision::world::World;
use axum::Router;
use browser::Browser;
use portalctl::adapters::postgres::directory::Directory;
use portalctl::model::AccessModel;
use portalctl::names::PersonaName;
use portalctl::plan::control::ProjectRoles;
use portalctl::site::{Database, Site, SiteConfig};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Administrators of two customers that have nothing to do with each other.
pub const ADMIN: &str = "henrik.torres@wendford-group.example";
pub const OTHER_ADMIN: &str = "paul.dietrich@lundholt-group.example";

pub struct Portal {
    pub world: World,
    pub model: Arc<AccessModel>,
    pub router: Router,
    /// Files of the site; empty unless a test writes some.
    pub folder: tempfile::TempDir,
}

impl Portal {
    /// The example, applied, with a site over it.
    pub async fn acme() -> Self {
        Self::acme_with(|_| ()).await
    }

    /// The same, with files of its own in `<folder>/<portal>/`.
    pub async fn acme_with(write: impl FnOnce(&std::path::Path)) -> Self {
        Self::over(World::acme().await, &[], write).await
    }

    /// The example with other words in its documents.
    pub async fn acme_that(edits: &[(&str, &str)]) -> Self {
        Self::over(World::acme().await, edits, |_| ()).await
    }

    async fn over(world: World, edits: &[(&str, &str)], write: impl FnOnce(&std::path::Path)) -> Self {
        let model = Arc::new(world.acme_model_with(edits));
        world.apply(&model).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        write(folder.path());
        let site = Site::open(config(&world, &model, folder.path().to_owned())).await.unwrap();
        Self { router: site.router(), world, model, folder }
    }

    pub fn browser(&self) -> Browser {
        Browser::new(self.router.clone())
    }

    /// A fresh sign-in link of somebody's place.
    pub async fn link(&self, email: &str, persona: &str) -> String {
        let mut admin = self.world.db.admin().await;
        let project = &self.model.project;
        let mut directory = Directory::new(&mut admin, &project.name, &project.control_schema);
        let places = directory.places(email).await.unwrap();
        let place = places.iter().find(|place| place.persona == persona).expect("a place of that persona");
        directory.create_link(place, Duration::from_secs(600)).await.unwrap()
    }

    /// That person, signed in.
    pub async fn signed_in(&self, email: &str, persona: &str) -> Browser {
        let secret = self.link(email, persona).await;
        let mut browser = self.browser();
        browser.sign_in(persona.split('/').next().unwrap(), &secret).await;
        browser
    }

    /// Somebody of that persona, signed in.
    pub async fn someone(&self, persona: &str) -> Browser {
        let secret = self.secret(persona).await;
        let mut browser = self.browser();
        browser.sign_in(persona.split('/').next().unwrap(), &secret).await;
        browser
    }

    /// A fresh sign-in link of somebody of that persona.
    pub async fn secret(&self, persona: &str) -> String {
        let mut admin = self.world.db.admin().await;
        let project = &self.model.project;
        let mut directory = Directory::new(&mut admin, &project.name, &project.control_schema);
        let name = PersonaName::parse(persona).unwrap();
        let place = directory.someone(&name).await.unwrap().expect("somebody of that persona");
        directory.create_link(&place, Duration::from_secs(36000)).await.unwrap()
    }
}

pub fn config(world: &World, model: &Arc<AccessModel>, site_dir: PathBuf) -> SiteConfig {
    let roles = ProjectRoles::of(&model.project);
    let login = |role: &portalctl::names::RoleName| world.db.options(role.as_str());
    SiteConfig {
        model: Arc::clone(model),
        files: site_dir.join(".files"),
        site_dir,
        database: Database::new(login(&roles.gateway), login(&roles.issuer)),
        dev: false,
        behind_proxy: false,
        quiet: true,
    }
}
