#![no_main]

terraform_provider_iwd_fuzz::target!(messagepack);
