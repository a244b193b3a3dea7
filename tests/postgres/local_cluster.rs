use portalctl::adapters::local_postgres::Status;
use portalctl_test_support::PrivateProject;

#[tokio::test]
async fn an_on_demand_server_ends_with_its_last_user() {
    let project = PrivateProject::new();
    let cluster = project.cluster();
    let t = std::time::Instant::now();
    let first = cluster.start().await.unwrap();
    println!("first {:?}", t.elapsed());
    let second = project.cluster().start().await.unwrap();
    assert!(first.started && !second.started);
    let t = std::time::Instant::now();
    first.end().unwrap();
    assert!(matches!(cluster.status().unwrap(), Status::Running { kept: false, in_use: true, .. }));
    second.end().unwrap();
    println!("end {:?}", t.elapsed());
    assert!(matches!(cluster.status().unwrap(), Status::Stopped { .. }));
    let t = std::time::Instant::now();
    let third = cluster.start().await.unwrap();
    println!("again {:?}", t.elapsed());
    drop(third);
}
