//! A project folder with a cluster of its own.

use portalctl::adapters::local_postgres::{Environment, LocalCluster, LocalError};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// An empty project folder; whatever server runs in it is stopped, and the folder removed, at the end of the test.
pub struct PrivateProject {
    folder: TempDir,
}

impl PrivateProject {
    #[expect(clippy::new_without_default, reason = "makes a folder")]
    pub fn new() -> Self {
        use std::os::unix::fs::PermissionsExt;
        // Under root the server runs as another user, who must be able to enter.
        let open = std::fs::Permissions::from_mode(0o755);
        let folder = tempfile::Builder::new().prefix("portalctl-project-").permissions(open).tempdir();
        Self { folder: folder.expect("a temporary folder") }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file of the project, with the folders above it.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        std::fs::write(&path, text).expect("the file can be written");
        path
    }

    /// The project's cluster, which here does not wait for the disk.
    pub fn cluster(&self) -> LocalCluster {
        self.cluster_with(Environment::of_process()).with_settings([("fsync", "off")])
    }

    /// Makes the cluster without waiting for the disk, so that the program finds it made. For tests that run the
    /// program and are about something else.
    pub fn make_cluster(&self) {
        let cluster = self.cluster();
        block_on(async move { cluster.start().await?.end() }).expect("the cluster can be made");
    }

    /// The project's cluster, as the product uses it in these surroundings.
    pub fn cluster_with(&self, environment: Environment) -> LocalCluster {
        LocalCluster::locate(self.folder.path(), environment).expect("the project's cluster")
    }
}

impl Drop for PrivateProject {
    fn drop(&mut self) {
        let cluster = self.cluster();
        let result = block_on(async move { cluster.stop().await });
        if !std::thread::panicking() {
            result.expect("the server can be stopped");
        }
    }
}

/// On a thread of its own: a test may have a runtime, which cannot be blocked on from within.
fn block_on<T: Send + 'static>(
    work: impl Future<Output = Result<T, LocalError>> + Send + 'static,
) -> Result<T, LocalError> {
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(work)
    });
    thread.join().expect("the thread ends")
}
