//! Instructions for attaching Terraform to a provider that already runs.

use serde_json::json;

use super::handshake::PROTOCOL_VERSION;
use super::listener::Address;

/// The text to print, with the value of `TF_REATTACH_PROVIDERS` on a line of its own.
///
/// `Test` keeps Terraform from ending the process after each command.
pub(super) fn instructions(provider: &str, process_id: u32, address: &Address) -> String {
    let value = json!({
        provider: {
            "Protocol": "grpc",
            "ProtocolVersion": PROTOCOL_VERSION,
            "Pid": process_id,
            "Test": true,
            "Addr": { "Network": address.network(), "String": address.to_string() },
        }
    });
    let value = value.to_string().replace('\'', r"'\''");
    format!(
        "The provider is running. Set this variable where you call Terraform, and Terraform uses it:\n\n\
         \tTF_REATTACH_PROVIDERS='{value}'\n\n\
         Ctrl-C ends it.\n"
    )
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn the_variable_can_be_copied_into_a_shell() {
        let address = Address::Tcp((Ipv4Addr::LOCALHOST, 1234).into());
        let text = instructions("registry.terraform.io/iwd/iwd", 42, &address);
        let line = text.lines().find(|line| line.contains('=')).unwrap();
        assert_eq!(
            line.trim(),
            concat!(
                r#"TF_REATTACH_PROVIDERS='{"registry.terraform.io/iwd/iwd":{"#,
                r#""Addr":{"Network":"tcp","String":"127.0.0.1:1234"},"#,
                r#""Pid":42,"Protocol":"grpc","ProtocolVersion":5,"Test":true}}'"#
            )
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_quote_in_the_path_does_not_end_the_value() {
        let address = Address::Unix("/tmp/it's/socket".to_owned());
        let text = instructions("registry.terraform.io/iwd/iwd", 42, &address);
        assert!(text.contains(r"/tmp/it'\''s/socket"), "{text}");
    }
}
