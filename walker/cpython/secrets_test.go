package cpython

import "testing"

func TestSecretNames(t *testing.T) {
	for name, secret := range map[string]bool{
		"password": true, "db_password": true, "dbpassword": true, "PASSWORD": true, "userToken": true, "token": true,
		"api_key": true, "apiKey": true, "API_KEY": true, "x-api-key": true, "client_secret": true, "Authorization": true,
		"session_id": true, "private_key": true, "é_token": true,
		"key": false, "keys": false, "tokenizer": false, "author": false, "passenger": false, "session": false, "": false, "_": false,
	} {
		if secretName(name) != secret {
			t.Errorf("%q: %t", name, !secret)
		}
	}
}
