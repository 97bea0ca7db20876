from flask import Blueprint

blueprint = Blueprint("api_documents", __name__)
