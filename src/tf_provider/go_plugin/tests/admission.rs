//! Who gets in.

use super::*;

#[tokio::test]
async fn the_host_gets_in_under_either_tls_version() {
    for version in BOTH_VERSIONS {
        let host = TerraformCertificate::generate();
        let plugin = Plugin::started_by(&host);
        assert_eq!(plugin.line.network, "tcp");
        let tls = plugin.connect(version, Some(host.key())).await.unwrap();
        let (_, session) = tls.get_ref();
        assert_eq!(session.alpn_protocol(), Some(&b"h2"[..]));
        assert_eq!(session.protocol_version(), Some(version.version));
        let mut health = HealthClient::new(channel(tls).await);
        assert_eq!(
            status(&mut health, "plugin").await,
            Ok(ServingStatus::Serving)
        );
    }
}

#[tokio::test]
async fn a_client_without_a_certificate_stays_out() {
    for version in BOTH_VERSIONS {
        let plugin = Plugin::started_by(&TerraformCertificate::generate());
        plugin.assert_refuses(version, None).await;
    }
}

#[tokio::test]
async fn a_certificate_that_only_looks_like_the_hosts_stays_out() {
    for version in BOTH_VERSIONS {
        let plugin = Plugin::started_by(&TerraformCertificate::generate());
        let lookalike = TerraformCertificate::generate();
        plugin.assert_refuses(version, Some(lookalike.key())).await;
    }
}

#[tokio::test]
async fn the_hosts_certificate_without_its_key_stays_out() {
    for version in BOTH_VERSIONS {
        let host = TerraformCertificate::generate();
        let thief = TerraformCertificate::generate();
        let plugin = Plugin::started_by(&host);
        let stolen = CertifiedKey::new(vec![host.certificate], thief.key().key.clone());
        plugin.assert_refuses(version, Some(Arc::new(stolen))).await;
    }
}

#[tokio::test]
async fn a_silent_client_keeps_nobody_waiting() {
    let host = TerraformCertificate::generate();
    let plugin = Plugin::started_by(&host);
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(TcpStream::connect(&plugin.line.address).await.unwrap());
    }
    let mut health = HealthClient::new(soon(Box::pin(plugin.channel(&host))).await);
    assert_eq!(
        status(&mut health, "plugin").await,
        Ok(ServingStatus::Serving)
    );
}

#[cfg(unix)]
#[tokio::test]
async fn without_a_client_certificate_it_is_a_private_unix_socket() {
    let root = tempfile::tempdir().unwrap();
    let environment = [
        ("TF_PLUGIN_MAGIC_COOKIE", COOKIE),
        ("PLUGIN_UNIX_SOCKET_DIR", root.path().to_str().unwrap()),
    ];
    let plugin = Plugin::start(&environment, GracePeriods::default());
    assert_eq!(plugin.line.network, "unix");
    assert_eq!(plugin.line.certificate, None);
    assert!(std::path::Path::new(&plugin.line.address).starts_with(root.path()));

    let (first, second) = (plugin.unix_channel().await, plugin.unix_channel().await);
    for channel in [first.clone(), second] {
        let mut health = HealthClient::new(channel);
        assert_eq!(
            status(&mut health, "plugin").await,
            Ok(ServingStatus::Serving)
        );
    }
    shut_down(&first).await;
    plugin.ended().await;
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
}
