//go:build never

// Package engine exists so that go.mod and go.sum hold what building the Pulumi CLI needs.
package engine

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
