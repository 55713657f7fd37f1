"""Fills a moto server with a small account, through AWS's own client. Prints
the keys of a user that may read, and of one that may do nothing."""

import gzip
import json
import os
import sys
import urllib.request

import boto3

url = sys.argv[1]
os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="eu-central-1")
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"


def post(path, body=b""):
    urllib.request.urlopen(urllib.request.Request(url + path, data=body, method="POST")).read()


post("/moto-api/reset")


def client(name, **more):
    return boto3.client(name, endpoint_url=url, **more)


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions, resources="*"):
    return {"Effect": "Allow", "Action": actions, "Resource": resources}


def trust(**principal):
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


iam = client("iam")
iam.create_group(GroupName="administrators")
iam.attach_group_policy(GroupName="administrators", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
iam.create_user(UserName="ana.example", Path="/people/", Tags=[{"Key": "email", "Value": "ana@example.com"}])
iam.create_login_profile(UserName="ana.example", Password="Not-a-secret-1")
iam.add_user_to_group(GroupName="administrators", UserName="ana.example")
device = iam.create_virtual_mfa_device(VirtualMFADeviceName="ana.example")["VirtualMFADevice"]
iam.enable_mfa_device(UserName="ana.example", SerialNumber=device["SerialNumber"], AuthenticationCode1="123456", AuthenticationCode2="654321")
iam.create_user(UserName="ben.example", Path="/people/")
iam.create_login_profile(UserName="ben.example", Password="Not-a-secret-2")
iam.put_user_policy(UserName="ben.example", PolicyName="read-prompts", PolicyDocument=policy(allow(["s3:GetObject", "s3:ListBucket"], "arn:aws:s3:::prompts.example.com/*")))
iam.create_user(UserName="svc-scoring", Tags=[{"Key": "owner", "Value": "ana@example.com"}])
written = iam.create_policy(PolicyName="write-prompts", PolicyDocument=policy(allow("s3:PutObject", "arn:aws:s3:::prompts.example.com/*")))["Policy"]["Arn"]
iam.attach_user_policy(UserName="svc-scoring", PolicyArn=written)
iam.create_access_key(UserName="svc-scoring")
stale = iam.create_access_key(UserName="svc-scoring")["AccessKey"]["AccessKeyId"]
iam.update_access_key(UserName="svc-scoring", AccessKeyId=stale, Status="Inactive")
iam.create_role(RoleName="scoring-job", AssumeRolePolicyDocument=trust(Service="sagemaker.amazonaws.com"))
iam.attach_role_policy(RoleName="scoring-job", PolicyArn=written)
iam.create_role(RoleName="staff", AssumeRolePolicyDocument=trust(Federated="arn:aws:iam::123456789012:saml-provider/staff"))
for n in range(30):
    iam.create_role(RoleName="r%02d" % n, AssumeRolePolicyDocument=trust(AWS="arn:aws:iam::123456789012:root"))
iam.update_account_password_policy(MinimumPasswordLength=14, RequireSymbols=True, MaxPasswordAge=90)

kms = client("kms")
key = kms.create_key(Description="prompts", Policy=json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:user/people/ana.example"}, "Action": ["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"], "Resource": "*"},
    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/scoring-job"}, "Action": ["kms:Decrypt", "kms:GenerateDataKey*"], "Resource": "*"},
]}))["KeyMetadata"]["KeyId"]
kms.enable_key_rotation(KeyId=key)
kms.create_key(Description="signing", KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
doomed = kms.create_key(Description="old")["KeyMetadata"]["KeyId"]
kms.schedule_key_deletion(KeyId=doomed, PendingWindowInDays=7)

s3 = client("s3")
s3.create_bucket(Bucket="logs.example.com", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
for hour in range(24):
    if hour in (7, 8):
        continue
    rows = "".join(json.dumps({"incident_id": "I-%02d-%d" % (hour, n), "declared_at": "2026-06-01T%02d:%02d:00Z" % (hour, n)}) + "\n" for n in range(3))
    s3.put_object(Bucket="logs.example.com", Key="incidents/2026/06/01/%02d/part 1+a=é.jsonl.gz" % hour, Body=gzip.compress(rows.encode()))
s3.put_object(Bucket="logs.example.com", Key="incidents/2026/06/01/", Body=b"")

sm = client("sagemaker")
sm.create_model_package_group(ModelPackageGroupName="fraud-score", Tags=[{"Key": "component", "Value": "fraud-score"}])
image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/fraud:1"
packages = []
for n in range(120):
    packages.append(sm.create_model_package(
        ModelPackageGroupName="fraud-score", ModelApprovalStatus=["PendingManualApproval", "Approved", "Rejected"][n % 3],
        InferenceSpecification={"Containers": [{"Image": image, "ModelDataUrl": "s3://models.example.com/fraud/%d.tar.gz" % n, "Environment": {"TOKEN": "not-to-be-kept"}}],
                                "SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["text/csv"]},
        MetadataProperties={"CommitId": "c0ffee%d" % n},
    )["ModelPackageArn"])
sm.create_model_card(ModelCardName="fraud-score", ModelCardStatus="Approved", Content=json.dumps({"model_overview": {"model_name": "fraud-score"}, "intended_uses": {"intended_uses": "scoring"}}))
role = "arn:aws:iam::123456789012:role/scoring-job"
sm.create_model(ModelName="fraud-4", ExecutionRoleArn=role, PrimaryContainer={"ModelPackageName": packages[4]})
sm.create_endpoint_config(EndpointConfigName="fraud-live", ProductionVariants=[{"VariantName": "all", "ModelName": "fraud-4", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}])
sm.create_endpoint(EndpointName="fraud-live", EndpointConfigName="fraud-live", Tags=[{"Key": "component", "Value": "fraud-score"}])

bedrock = client("bedrock")
bedrock.put_model_invocation_logging_configuration(loggingConfig={
    "s3Config": {"bucketName": "logs.example.com", "keyPrefix": "bedrock"}, "textDataDeliveryEnabled": True, "imageDataDeliveryEnabled": False, "embeddingDataDeliveryEnabled": False})

reads = sys.argv[2].split(",") if len(sys.argv) > 2 else ["iam:*", "kms:*", "s3:*", "sagemaker:*", "bedrock:*"]
keys = {}
for name in ("reader", "nobody"):
    iam.create_user(UserName=name)
    keys[name] = iam.create_access_key(UserName=name)["AccessKey"]
iam.create_role(RoleName="tieout", AssumeRolePolicyDocument=trust(AWS="arn:aws:iam::123456789012:user/reader"))
print(" ".join("TIEOUT_TEST_MOTO_%s=%s:%s" % (n.upper(), k["AccessKeyId"], k["SecretAccessKey"]) for n, k in keys.items()))
