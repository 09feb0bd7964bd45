// A Go program declares the rule by its type's name, without an SDK to generate.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// BucketEncryption is the default server-side encryption of an OSS bucket.
type BucketEncryption struct {
	pulumi.CustomResourceState
	SseAlgorithm pulumi.StringOutput `pulumi:"sseAlgorithm"`
}

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		var logs BucketEncryption
		err := ctx.RegisterResource("oss-encryption:index:BucketEncryption", "logs", pulumi.Map{
			"bucket":       pulumi.String(config.Require(ctx, "bucket")),
			"sseAlgorithm": pulumi.String("AES256"),
		}, &logs)
		if err != nil {
			return err
		}
		ctx.Export("sseAlgorithm", logs.SseAlgorithm)
		return nil
	})
}
