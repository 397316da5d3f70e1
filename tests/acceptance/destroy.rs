//! The end of a tenant, and what must not end it.

use serde_json::json;

use crate::harness::{Action, CCID, Diagnostics, Gate, Simulator, Tenant, Workspace};

const ADDRESS: &str = "iwd_tenant.t";
const OTHER_CCID: &str = "d846c51e-1fe8-4118-bf32-cf0b4ef29032";

/// A tenant whose ccid comes from a `terraform_data`; when its input changes, the ccid is unknown until it is applied.
fn ccid_from_resource(ccid: &str, other: &str) -> String {
    let tenant = Tenant::new().set("ccid", "terraform_data.source.output.ccid");
    format!(
        "resource \"terraform_data\" \"source\" {{\n  input = {{ ccid = {ccid:?}, other = {other:?} }}\n}}\n{tenant}"
    )
}

fn query(simulator: &Simulator) -> String {
    let requests = simulator.requests();
    let last = requests.last().expect("a request");
    assert_eq!(last["method"], "DELETE");
    assert_eq!(last["path"], format!("/iwd/v3/provisioning/{CCID}"));
    last["query"].as_str().expect("a query").to_owned()
}

#[test]
fn destroy_deletes_the_tenant_unless_told_otherwise() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    drop(workspace.apply_once(&[]));
    workspace.finish();
    assert_eq!(query(&simulator), "deleteTenant=true");
}

#[test]
fn destroy_can_delete_services_alone() {
    for (services, sent) in [
        (None, "service=iWD,iWDEmail"),
        (Some(r#"["GAPI", "iWD"]"#), "service=GAPI,iWD"),
    ] {
        let simulator = Simulator::start();
        let mut tenant = Tenant::new()
            .with_gws()
            .text("on_destroy", "delete_services");
        if let Some(services) = services {
            tenant = tenant.set("destroy_services", services);
        }
        let workspace = Workspace::new(&simulator, &tenant);
        drop(workspace.apply_once(&[]));
        workspace.finish_leaving(&[CCID]);
        assert_eq!(query(&simulator), sent);
        let left = simulator.tenant(CCID).unwrap()["services"].take();
        assert_eq!(left.get("GAPI").is_some(), services.is_none(), "{left}");
        assert!(left.get("iWD").is_none(), "{left}");
    }
}

#[test]
fn the_settings_in_the_state_decide_for_a_replacement_too() {
    let simulator = Simulator::start();
    let kept = Tenant::new().text("on_destroy", "keep");
    let workspace = Workspace::new(&simulator, &kept);
    drop(workspace.apply_once(&[]));

    let replaced = kept.text("ccid", OTHER_CCID);
    workspace.set_config(replaced.text("on_destroy", "delete_tenant"));
    workspace.apply().expect_replaced(&["ccid"]);
    assert_eq!(simulator.methods(), ["POST", "POST"]);
    workspace.finish_leaving(&[CCID]);
}

#[test]
fn a_tenant_that_is_gone_already_counts_as_destroyed_but_a_web_page_does_not() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    drop(workspace.apply_once(&[]));
    simulator.fault(json!({
        "method": "DELETE", "status": 404, "content_type": "text/html", "body": "<html>no such ingress</html>",
    }));
    workspace
        .destroy_fails()
        .expect_text("response is a web page");
    assert!(workspace.state().has(ADDRESS));

    simulator.fault(
        json!({"method": "DELETE", "status": 404, "body": "{\"error\":\"unknown tenant\"}"}),
    );
    workspace.finish_leaving(&[CCID]);
}

#[test]
fn an_answer_that_is_never_iwds_leaves_the_tenant_in_the_state() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    drop(workspace.apply_once(&[]));
    for (fault, problem) in [
        (
            json!({"status": 404, "body": r#""<html>no such ingress</html>""#}),
            "response is a web page",
        ),
        (
            json!({"status": 200, "headers": {"Content-Encoding": "gzip"}, "body": "anything"}),
            "it is encoded with gzip",
        ),
    ] {
        simulator.fault(fault);
        workspace.destroy_fails().expect_text(problem);
        assert!(workspace.state().has(ADDRESS));
    }
    workspace.finish();
}

#[test]
fn the_404_of_another_server_counts_as_destroyed_with_a_warning() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    drop(workspace.apply_once(&[]));
    simulator.fault(json!({
        "method": "DELETE", "status": 404, "content_type": "text/html", "body": "default backend - 404",
    }));
    let destroyed = workspace.succeed(&["destroy", "-no-color", "-input=false", "-auto-approve"]);
    let said = destroyed.prose();
    for part in [
        "The tenant to delete was not there",
        CCID,
        "404 Not Found",
        "default backend - 404",
        "Check that `endpoint` leads to IWD",
    ] {
        assert!(said.contains(part), "{part}\nis missing in\n{said}");
    }
    workspace.finish_leaving(&[CCID]);
}

#[test]
fn a_protected_tenant_is_neither_destroyed_nor_replaced_until_it_is_unprotected() {
    let simulator = Simulator::start();
    let protected = Tenant::new().set("deletion_protection", "true");
    let workspace = Workspace::new(&simulator, &protected);
    drop(workspace.apply_once(&[]));
    let refused = |failure: Diagnostics| {
        failure
            .expect_text("Tenant is protected from deletion")
            .expect_text("`deletion_protection = false`")
            .expect_text("run `terraform apply`");
    };

    refused(workspace.destroy_fails());
    refused(workspace.plan_fails_with(&["-destroy"]));
    refused(workspace.plan_fails_with(&["-replace=iwd_tenant.t"]));
    workspace.set_config(protected.clone().text("ccid", OTHER_CCID));
    refused(workspace.plan_fails());
    // The state decides, not the configuration.
    workspace.set_config(Tenant::new().text("ccid", OTHER_CCID));
    refused(workspace.plan_fails());
    workspace.set_config("");
    let block_is_gone = workspace.plan_fails();
    block_is_gone.expect_text("If its block is gone from the configuration, put it back");
    refused(block_is_gone);
    assert_eq!(simulator.methods(), ["POST"]);

    workspace.set_config(Tenant::new());
    workspace
        .apply()
        .expect_updated_in_place(&["deletion_protection"]);
    assert_eq!(simulator.methods(), ["POST"]);
    workspace.finish();
}

#[test]
fn a_replacement_of_the_same_ccid_deletes_first_by_default() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    drop(workspace.apply_once(&[]));
    let applied = workspace.apply_with(&["-replace=iwd_tenant.t"]);
    assert_eq!(applied.plan.action(ADDRESS), Action::DeleteThenCreate);
    assert_eq!(simulator.methods(), ["POST", "DELETE", "POST"]);
    assert_eq!(simulator.tenants(), [CCID]);
    workspace.finish();
}

#[test]
fn a_replacement_that_creates_first_leaves_the_new_tenant_there() {
    let simulator = Simulator::start();
    let tenant = Tenant::new().set("lifecycle.create_before_destroy", "true");
    let workspace = Workspace::new(&simulator, tenant);
    drop(workspace.apply_once(&[]));
    let applied = workspace.apply_with(&["-replace=iwd_tenant.t"]);
    assert_eq!(applied.plan.action(ADDRESS), Action::CreateThenDelete);
    let said = applied.output.prose();
    assert!(said.contains("Tenant was not deleted"), "{said}");
    assert_eq!(simulator.methods(), ["POST", "POST"]);
    assert_eq!(simulator.tenants(), [CCID]);
    workspace.finish();
}

#[test]
fn a_replacement_that_was_interrupted_between_its_halves_is_refused_and_can_be_destroyed() {
    let simulator = Simulator::start();
    let tenant = Tenant::new().set("lifecycle.create_before_destroy", "true");
    let workspace = Workspace::new(&simulator, tenant).with_log_trace();
    drop(workspace.apply_once(&[]));
    let gate = Gate::before(&simulator);
    workspace.go_through(&gate);
    let mut apply = workspace.start_apply_with(&["-replace=iwd_tenant.t"]);
    simulator.wait_for_requests(2);
    apply.interrupt();
    workspace.wait_for_stop(&mut apply);
    gate.open();
    drop(apply.wait());
    workspace
        .plan_fails()
        .expect_text("One tenant, two resources")
        .expect_text("(a deposed one)")
        .expect_text("`terraform destroy -refresh=false`");
    assert_eq!(simulator.methods(), ["POST", "POST"]);
    drop(workspace.succeed(&["destroy", "-auto-approve", "-input=false", "-refresh=false"]));
    assert_eq!(simulator.tenants(), [""; 0]);
    workspace.finish();
}

#[test]
fn a_new_address_without_moved_is_refused_and_with_it_nothing_is_sent() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    drop(workspace.apply_once(&[]));

    let renamed = Tenant::new().labelled("renamed");
    workspace.set_config(&renamed);
    workspace
        .plan_fails()
        .expect_text("One tenant, two resources")
        .expect_text("`moved`")
        .expect_text("`terraform state rm`");
    workspace.apply_fails().expect_text(CCID);
    let moved = "moved {\n  from = iwd_tenant.t\n  to   = iwd_tenant.renamed\n}\n";
    workspace.set_config(format!("{moved}{renamed}"));
    workspace.apply().expect_no_change();
    assert_eq!(simulator.methods(), ["POST"]);
    workspace.finish();
}

#[test]
fn a_ccid_that_is_unknown_at_plan_and_proves_the_same_replaces_nothing() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, ccid_from_resource(CCID, "a"));
    workspace.apply().expect_created(2);

    workspace.set_config(ccid_from_resource(CCID, "b"));
    let applied = workspace.apply();
    let change = applied.plan.change(ADDRESS);
    assert_eq!(change.action(), Action::Update);
    assert!(change.after_unknown("ccid") && change.after_unknown("id"));
    assert_eq!(simulator.methods(), ["POST"]);
    workspace.finish();
}

#[test]
fn a_ccid_that_is_unknown_at_plan_and_proves_different_stops_the_apply_before_anything_is_sent() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, ccid_from_resource(CCID, "a"));
    drop(workspace.apply_once(&[]));

    workspace.set_config(ccid_from_resource(OTHER_CCID, "a"));
    workspace
        .apply_fails()
        .expect_text("inconsistent final plan");
    assert_eq!(simulator.methods(), ["POST"]);
    assert_eq!(workspace.state().value(ADDRESS, "ccid"), CCID);

    // By now the value is known, and the next plan is a replacement.
    workspace.apply().expect_replaced(&["ccid"]);
    assert_eq!(simulator.tenants(), [OTHER_CCID]);
    workspace.finish();
}

#[test]
fn a_ccid_in_other_letter_case_is_refused() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    drop(workspace.apply_once(&[]));
    workspace.set_config(Tenant::new().text("ccid", &CCID.to_uppercase()));
    workspace
        .plan_fails()
        .expect("differs in letter case only", "ccid");
    assert_eq!(simulator.methods(), ["POST"]);
    workspace.set_config(Tenant::new());
    workspace.finish();
}

#[test]
fn what_triggers_a_replacement_deletes_the_tenant_first() {
    let config = |trigger: &str| {
        let tenant =
            Tenant::new().set("lifecycle.replace_triggered_by", "[terraform_data.trigger]");
        format!("resource \"terraform_data\" \"trigger\" {{\n  input = {trigger:?}\n}}\n{tenant}")
    };
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, config("one"));
    drop(workspace.apply());
    workspace.set_config(config("two"));
    let applied = workspace.apply();
    assert_eq!(applied.plan.action(ADDRESS), Action::DeleteThenCreate);
    assert_eq!(simulator.methods(), ["POST", "DELETE", "POST"]);
    workspace.finish();
}

#[test]
fn a_provisioner_that_fails_taints_the_tenant_and_the_next_apply_deletes_it_unless_protected() {
    for protected in [false, true] {
        let tenant = Tenant::new().set("deletion_protection", &protected.to_string());
        let block = tenant.to_string();
        let block = block.strip_suffix("}\n").expect("the end of the block");
        let provisioner = "  provisioner \"local-exec\" {\n    command = \"exit 1\"\n  }\n}\n";
        let simulator = Simulator::start();
        let workspace = Workspace::new(&simulator, format!("{block}{provisioner}"));
        workspace.apply_fails().expect_text("exit status 1");
        assert_eq!(simulator.methods(), ["POST"]);
        workspace.set_config(&tenant);
        if protected {
            workspace
                .apply_fails()
                .expect_text("Tenant is protected from deletion")
                .expect_text("terraform untaint");
            assert_eq!(simulator.methods(), ["POST"]);
            workspace.abandon();
        } else {
            drop(workspace.apply());
            assert_eq!(simulator.methods(), ["POST", "DELETE", "POST"]);
            workspace.finish();
        }
    }
}
