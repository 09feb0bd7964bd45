package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"
)

// driveNew uses alibabacloud-oss-go-sdk-v2, which signs with V4.
func driveNew(endpoint string) []check {
	ctx := context.Background()
	keys := credentials.NewEnvironmentVariableCredentialsProvider()
	client := oss.NewClient(oss.LoadDefaultConfig().WithCredentialsProvider(keys).WithRegion("cn-hangzhou").WithEndpoint(endpoint))
	bucket := oss.Ptr("interop-new")
	_, err := client.PutBucket(ctx, &oss.PutBucketRequest{Bucket: bucket})
	checks := []check{{"PutBucket", err}}
	rules := []oss.ApplyServerSideEncryptionByDefault{
		{SSEAlgorithm: oss.Ptr("AES256")},
		{SSEAlgorithm: oss.Ptr("SM4")},
		{SSEAlgorithm: oss.Ptr("KMS"), KMSMasterKeyID: oss.Ptr("interop-key"), KMSDataEncryption: oss.Ptr("SM4")},
	}
	for _, rule := range rules {
		_, err = client.PutBucketEncryption(ctx, &oss.PutBucketEncryptionRequest{
			Bucket: bucket, ServerSideEncryptionRule: &oss.ServerSideEncryptionRule{ApplyServerSideEncryptionByDefault: &rule},
		})
		checks = append(checks, check{"PutBucketEncryption", err})
		got, err := client.GetBucketEncryption(ctx, &oss.GetBucketEncryptionRequest{Bucket: bucket})
		if err == nil {
			seen := got.ServerSideEncryptionRule.ApplyServerSideEncryptionByDefault
			checks = append(checks, same("GetBucketEncryption", nil, oss.ToString(seen.KMSDataEncryption), oss.ToString(rule.KMSDataEncryption)))
		}
		checks = append(checks, check{"GetBucketEncryption", err})
	}
	checks = append(checks, newObjects(ctx, client, bucket)...)
	_, err = client.DeleteBucketEncryption(ctx, &oss.DeleteBucketEncryptionRequest{Bucket: bucket})
	checks = append(checks, check{"DeleteBucketEncryption", err})
	_, err = client.GetBucketEncryption(ctx, &oss.GetBucketEncryptionRequest{Bucket: bucket})
	var refusal *oss.ServiceError
	if errors.As(err, &refusal) {
		err = nil
	} else {
		refusal = &oss.ServiceError{}
	}
	checks = append(checks, same("GetBucketEncryption without a rule", err, refusal.Code+refusal.EC, "NoSuchServerSideEncryptionRule0005-00000004"))
	_, err = client.DeleteBucket(ctx, &oss.DeleteBucketRequest{Bucket: bucket})
	return append(checks, check{"DeleteBucket", err})
}

func newObjects(ctx context.Context, client *oss.Client, bucket *string) []check {
	key := oss.Ptr("folder/ä b+c.txt")
	_, err := client.PutObject(ctx, &oss.PutObjectRequest{Bucket: bucket, Key: key, Body: strings.NewReader("hello")})
	checks := []check{{"PutObject", err}} // the SDK compares the CRC64 by itself
	head, err := client.HeadObject(ctx, &oss.HeadObjectRequest{Bucket: bucket, Key: key})
	if err == nil {
		checks = append(checks, same("HeadObject", nil, oss.ToString(head.ServerSideDataEncryption), "SM4"))
	}
	checks = append(checks, check{"HeadObject", err})
	presigned, err := client.Presign(ctx, &oss.GetObjectRequest{Bucket: bucket, Key: key}, oss.PresignExpires(time.Minute))
	checks = append(checks, check{"Presign", err})
	answer, err := http.Get(presigned.URL)
	if err == nil {
		body, _ := io.ReadAll(answer.Body)
		checks = append(checks, same("presigned GetObject", nil, string(body), "hello"))
	}
	checks = append(checks, check{"presigned request", err})
	part, err := client.GetObject(ctx, &oss.GetObjectRequest{Bucket: bucket, Key: key, Range: oss.Ptr("bytes=1-2")})
	if err == nil {
		body, _ := io.ReadAll(part.Body)
		checks = append(checks, same("GetObject of a range", nil, string(body), "el"))
	}
	checks = append(checks, check{"GetObject", err})
	uploader := oss.NewUploader(client, func(options *oss.UploaderOptions) { options.PartSize = 5 << 20 })
	_, err = uploader.UploadFile(ctx, &oss.PutObjectRequest{Bucket: bucket, Key: oss.Ptr("program")}, os.Args[0])
	checks = append(checks, check{"multipart upload", err})
	var names []oss.DeleteObject
	pages := client.NewListObjectsV2Paginator(&oss.ListObjectsV2Request{Bucket: bucket, MaxKeys: 1})
	for pages.HasNext() {
		page, err := pages.NextPage(ctx)
		checks = append(checks, check{"ListObjectsV2", err})
		if err != nil {
			break
		}
		for _, object := range page.Contents {
			names = append(names, oss.DeleteObject{Key: object.Key})
		}
	}
	checks = append(checks, same("ListObjectsV2", nil, len(names), 2))
	_, err = client.DeleteMultipleObjects(ctx, &oss.DeleteMultipleObjectsRequest{Bucket: bucket, Objects: names})
	return append(checks, check{"DeleteMultipleObjects", err})
}
