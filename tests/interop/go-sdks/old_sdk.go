package main

import (
	"errors"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/aliyun/aliyun-oss-go-sdk/oss"
)

// driveOld uses aliyun-oss-go-sdk, the SDK that Terraform's alicloud provider is built on.
func driveOld(signature string) func(string) []check {
	return func(endpoint string) []check {
		options := []oss.ClientOption{oss.Region("cn-hangzhou")}
		if signature == "v4" {
			options = append(options, oss.AuthVersion(oss.AuthV4))
		}
		client, err := oss.New(endpoint, os.Getenv("OSS_ACCESS_KEY_ID"), os.Getenv("OSS_ACCESS_KEY_SECRET"), options...)
		if err != nil {
			return []check{{"client", err}}
		}
		name := "interop-old-" + signature
		checks := []check{{"PutBucket", client.CreateBucket(name, oss.ACL(oss.ACLPrivate))}}
		rules := []oss.SSEDefaultRule{
			{SSEAlgorithm: "AES256"},
			{SSEAlgorithm: "SM4"},
			{SSEAlgorithm: "KMS"},
			{SSEAlgorithm: "KMS", KMSMasterKeyID: "interop-key", KMSDataEncryption: "SM4"},
		}
		for _, rule := range rules {
			checks = append(checks, check{"PutBucketEncryption", client.SetBucketEncryption(name, oss.ServerEncryptionRule{SSEDefault: rule})})
			got, err := client.GetBucketEncryption(name)
			checks = append(checks, same("GetBucketEncryption", err, fields(got.SSEDefault), fields(rule)))
		}
		info, err := client.GetBucketInfo(name)
		checks = append(checks, same("GetBucketInfo", err, info.BucketInfo.SseRule.KMSMasterKeyID, "interop-key"))
		listed, err := client.ListBuckets(oss.Prefix(name))
		checks = append(checks, same("ListBuckets", err, len(listed.Buckets), 1))
		checks = append(checks, oldObjects(client, name)...)
		checks = append(checks, check{"DeleteBucketEncryption", client.DeleteBucketEncryption(name)})
		_, err = client.GetBucketEncryption(name)
		var refusal oss.ServiceError
		if errors.As(err, &refusal) {
			err = nil
		}
		checks = append(checks, same("GetBucketEncryption without a rule", err, refusal.Code, "NoSuchServerSideEncryptionRule"))
		return append(checks, check{"DeleteBucket", client.DeleteBucket(name)})
	}
}

func fields(rule oss.SSEDefaultRule) []string {
	return []string{rule.SSEAlgorithm, rule.KMSMasterKeyID, rule.KMSDataEncryption}
}

func oldObjects(client *oss.Client, name string) []check {
	bucket, err := client.Bucket(name)
	if err != nil {
		return []check{{"bucket", err}}
	}
	key := "folder/ä b+c.txt"
	checks := []check{{"PutObject", bucket.PutObject(key, strings.NewReader("hello"), oss.Meta("note", "n"))}}
	head, err := bucket.GetObjectDetailedMeta(key)
	checks = append(checks, same("HeadObject", err, head.Get("X-Oss-Server-Side-Data-Encryption")+head.Get("X-Oss-Meta-Note"), "SM4n"))
	url, err := bucket.SignURL(key, oss.HTTPGet, 60)
	checks = append(checks, check{"SignURL", err})
	answer, err := http.Get(url)
	if err == nil {
		body, _ := io.ReadAll(answer.Body)
		checks = append(checks, same("presigned GetObject", nil, string(body), "hello"))
	}
	checks = append(checks, check{"presigned request", err})
	_, err = bucket.CopyObject(key, "copy", oss.ServerSideEncryption("AES256"))
	checks = append(checks, check{"CopyObject", err})
	file := os.Args[0]
	checks = append(checks, check{"multipart upload", bucket.UploadFile("program", file, 5<<20, oss.Routines(3))})
	objects, err := bucket.ListObjectsV2(oss.Delimiter("/"))
	checks = append(checks, same("ListObjectsV2", err, len(objects.Objects)+10*len(objects.CommonPrefixes), 12))
	deleted, err := bucket.DeleteObjects([]string{key, "copy", "program"})
	return append(checks, same("DeleteMultipleObjects", err, len(deleted.DeletedObjects), 3))
}
