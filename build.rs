//! Compiles the protocol files without `protoc`, servers for the provider and clients for its tests, and tells the code
//! for which target it is compiled.

use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    println!("cargo:rustc-env=TARGET={}", std::env::var("TARGET")?);
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let files = ["proto/tfplugin5.proto", "proto/go_plugin.proto"];
    for (side, server) in [("server", true), ("client", false)] {
        let folder = out.join(side);
        std::fs::create_dir_all(&folder)?;
        tonic_prost_build::configure()
            .build_server(server)
            .build_client(!server)
            .build_transport(false)
            .out_dir(folder)
            .compile_fds(protox::compile(files, ["proto"])?)?;
    }
    Ok(())
}
