# Again after each release of IWD. What stands for it here may as well be a Helm release or a database.
resource "terraform_data" "release" {
  input = var.release

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.iwd_provision_tenant.t100]
    }
  }
}

variable "release" {
  type = string
}
