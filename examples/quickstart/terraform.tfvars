# The values of the API's documentation, none of them a real secret. Real ones don't belong under version control.

endpoint = "http://iwd.iwd:4024"

cluster_api_key   = "ed99c91d-dd18-4c96-af8e-86f8e8105bc4"
tenant_api_key    = "049111b4-6cac-4e83-a7bf-37c057b45b0f"
gws_client_secret = "secret"
gws_token         = ":;pYV1lNWh0-"
db_password       = "iwd-100"
iwd_api_key       = "22552b96-8783-46a9-b0eb-075ddfa8893e"
iwddm_api_key     = "d6b68a7b-12ed-4c3c-830d-215eecdd1a48"
