// Package insecure stands in for google.golang.org/grpc/credentials/insecure, which proto/clients/list_steps.go
// imports and which Debian 12's gRPC for Go, 1.33, is too old to have.
package insecure

import (
	"context"
	"net"

	"google.golang.org/grpc/credentials"
)

type plain struct{}

type info struct{ credentials.CommonAuthInfo }

func (info) AuthType() string { return "insecure" }

// NewCredentials returns credentials that leave the connection as it is.
func NewCredentials() credentials.TransportCredentials { return plain{} }

func (plain) ClientHandshake(_ context.Context, _ string, connection net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return connection, noSecurity(), nil
}

func (plain) ServerHandshake(connection net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return connection, noSecurity(), nil
}

func (plain) Info() credentials.ProtocolInfo { return credentials.ProtocolInfo{SecurityProtocol: "insecure"} }

func (plain) Clone() credentials.TransportCredentials { return plain{} }

func (plain) OverrideServerName(string) error { return nil }

func noSecurity() info {
	return info{credentials.CommonAuthInfo{SecurityLevel: credentials.NoSecurity}}
}
